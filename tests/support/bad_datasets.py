"""The catalogue's data sets."""

from collections.abc import Callable

from tests.support import hostile_archives as archives
from tests.support import hostile_tables as tables
from tests.support.bad_inputs import DATASET, EITHER, REFUSED, BadInput, Canary


def _data(
    file_name: str, wrong: str, make: Callable[[], bytes], outcome: str = REFUSED, slow: bool = False
) -> BadInput:
    return BadInput(file_name.rpartition(".")[0], DATASET, file_name, wrong, lambda canary: make(), outcome, slow)


def _touching(file_name: str, wrong: str, make: Callable[[Canary], bytes]) -> BadInput:
    return BadInput(file_name.rpartition(".")[0], DATASET, file_name, wrong, make, REFUSED)


_ARCHIVES = [
    _data("zip_lying_picture.zip", "a gigabyte that says it is 5,000 bytes", archives.lying_picture, slow=True),
    _data("zip_lying_table.zip", "the same, a csv", archives.lying_table, slow=True),
    _data("zip_lying_deflated.zip", "300 MiB that say they are 5,000 bytes", archives.lying_deflated, slow=True),
    _data("zip_table_bomb.zip", "a gigabyte of csv in 900 bytes, and says so", archives.honest_table_bomb, slow=True),
    _data("zip_large_pictures.zip", "20 pictures of 49 megapixels in 2.5 KB", archives.large_pictures, slow=True),
    _data("zip_empty_members.zip", "300,000 pictures of no bytes", archives.many_empty_members, slow=True),
    _data("zip_overlapping.zip", "5,000 members that are one: 50 GB", archives.overlapping, slow=True),
    _data(
        "zip_traversal.zip",
        "a table that leads out of the folder",
        lambda: archives.outside_table("../../escaped.csv"),
        EITHER,
    ),
    _data(
        "zip_absolute.zip", "a table from the root", lambda: archives.outside_table("/tmp/emotion-escaped.csv"), EITHER
    ),
    _data("zip_backslashes.zip", "the same for Windows", lambda: archives.outside("..\\..\\escaped.csv"), EITHER),
    _data("zip_link.zip", "a symbolic link", lambda: archives.link("/etc/passwd")),
    _data("zip_nested.zip", "a million pictures in archives of archives", archives.nested),
    _data("zip_encrypted.zip", "needs a password", archives.encrypted),
    _data("zip_same_names.zip", "three tables of one name", archives.same_names),
    _data("zip_unknown_method.zip", "zstd, which is not read", archives.unknown_method),
    _data("zip_odd_method.zip", "a compression that does not exist", lambda: archives.unknown_method(4_711)),
    _data(
        "zip_xz.zip",
        "pictures packed with LZMA",
        lambda: archives.packed({"happy/a.png": archives.small_png()}, 14),
        EITHER,
    ),
    _data("zip_no_directory.zip", "cut short", archives.no_directory),
    _data("zip_far_directory.zip", "a directory four gigabytes away", archives.far_directory),
    _data("zip_postscript.zip", "EPS named .png", archives.eps_inside),
    _data("zip_formula_names.zip", "members named like formulas", archives.formula_names, EITHER),
    _data("zip_empty.zip", "no bytes at all", lambda: b""),
]

_TABLES = [
    _data("csv_short_rows.csv", "28 million rows of two characters", tables.short_rows, slow=True),
    _data("csv_wide_rows.csv", "a million columns", tables.wide_rows, slow=True),
    _data("csv_many_columns.csv", "100,000 columns", tables.many_named_columns, slow=True),
    _data("csv_open_quote.csv", "a quotation mark that nobody closes", tables.open_quote, slow=True),
    _data("csv_zero_characters.csv", "zero characters", tables.zero_characters),
    _data("csv_utf16.csv", "two bytes a character", tables.two_byte_characters),
    _data("csv_odd_labels.csv", "labels that are no labels", tables.odd_numbers, EITHER),
    _data("csv_odd_pixels.csv", "pixels that are no pixels", tables.odd_pixels),
    _data("csv_long_usage.csv", "a usage of a megabyte", tables.long_usage),
    _data("fer2013new.csv", "named like the votes of other people's data", lambda: tables._HEAD + tables._ROW, EITHER),
    _data(
        "parquet_unused_column.parquet",
        "2 KB whose unused column has a gigabyte",
        tables.unused_column,
        EITHER,
        slow=True,
    ),
    _data("parquet_many_rows.parquet", "180 KB of 20 million rows", tables.many_rows, slow=True),
    _data("parquet_large_pictures.parquet", "20 pictures of 49 megapixels in 1.2 KB", tables.large_pictures, slow=True),
    _data("parquet_nested_types.parquet", "lists 200 deep", tables.nested_types, EITHER),
    _data("parquet_many_columns.parquet", "20,000 columns", tables.many_columns, EITHER, slow=True),
    _data("parquet_odd_votes.parquet", "two votes instead of ten", tables.odd_votes),
    _data("parquet_odd_metadata.parquet", "pandas' notes of wrong types", tables.odd_metadata, EITHER),
    _data("parquet_markup.parquet", "HTML as usage and path", tables.parquet_of_markup),
    _data("parquet_cut_short.parquet", "cut short", tables.cut_short),
    _data("parquet_long_footer.parquet", "a footer of four gigabytes", tables.long_footer),
    _touching(
        "pickle_csv.csv", "a pickle that writes a file when it is loaded", lambda canary: tables.pickled(canary.trace)
    ),
    _touching("pickle_parquet.parquet", "the same", lambda canary: tables.pickled(canary.trace)),
    _touching("numpy_csv.csv", "an .npz with such a pickle", lambda canary: tables.numpy_archive(canary.trace)),
    _touching("numpy_zip.zip", "the same", lambda canary: tables.numpy_archive(canary.trace)),
]

DATASETS = [*_ARCHIVES, *_TABLES]
