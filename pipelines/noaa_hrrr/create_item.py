"""Items of NOAA's HRRR, CONUS, surface, from the index beside each GRIB2 file."""

import datetime
import re

from stac_pipelines import GranuleError
from stactools.noaa_hrrr.inventory import read_idx
from stactools.noaa_hrrr.metadata import CloudProvider, Product, Region
from stactools.noaa_hrrr.stac import create_item_from_idx_df

KEY = re.compile(r"hrrr\.(\d{8})/conus/hrrr\.t(\d\d)z\.wrfsfcf(\d\d)\.grib2\.idx$")


def create_item(href):
    if (match := KEY.search(href)) is None:
        raise GranuleError(f"not the index of a surface forecast of CONUS: {href}")
    day, hour, ahead = match.groups()
    reference = datetime.datetime.strptime(day + hour, "%Y%m%d%H")
    return create_item_from_idx_df(read_idx(href), Region.conus, Product.sfc, CloudProvider.aws, reference, int(ahead))
