import pytest

from lanchat.sizes import format_size, parse_size, rough_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("100MB", 100_000_000),
        ("2 GB", 2_000_000_000),
        (" 1.5gb ", 1_500_000_000),
        ("24KiB", 24 << 10),
        ("1 TiB", 1 << 40),
        ("7B", 7),
    ],
)
def test_sizes(text: str, size: int) -> None:
    """A size is a number and a unit, of thousands or of 1,024."""
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["0 B", "7 B", "999 KB", "100 MB", "1500 MB", "24 KiB", "2 GB"])
def test_sizes_are_written_as_they_are_read(text: str) -> None:
    """A size is written exactly, in the largest unit that it is a whole number of."""
    assert format_size(parse_size(text)) == text


@pytest.mark.parametrize("text", ["", "10", "MB", "-5MB", "1e9B", "10M", "3 iB", "٣MB", "1,5 GB"])
def test_no_sizes(text: str) -> None:
    """What is no size is not guessed at."""
    with pytest.raises(ValueError, match="such as 500KB"):
        parse_size(text)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 KB"),
        (9_949, "9.9 KB"),
        (9_950, "10 KB"),
        (816_700, "817 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (2_412_345, "2.4 MB"),
        (10**15, "1000 TB"),
    ],
)
def test_sizes_are_rounded_for_people(size: int, text: str) -> None:
    """To two digits that count, or to what stands before the point."""
    assert rough_size(size) == text
