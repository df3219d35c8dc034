"""Writes small NetCDF files in the form of NOAA's daily OISST into the sample. Their values are sines.

    pip install netCDF4 numpy
    python make_sample.py sample/bucket 20220913 20220914

The attributes and variables are those that `ncdump -h` shows for the files of the dataset; see
https://www.ncei.noaa.gov/products/climate-data-records/sea-surface-temperature-optimum-interpolation
"""

import datetime
import pathlib
import sys

import netCDF4
import numpy as np

NO_DATA = -999
EPOCH = datetime.datetime(1978, 1, 1, 12)
VARIABLES = {
    "sst": ("Daily sea surface temperature", "Celsius"),
    "anom": ("Daily sea surface temperature anomalies", "Celsius"),
    "err": ("Estimated error standard deviation of analysed_sst", "Celsius"),
    "ice": ("Sea ice concentration", "%"),
}


def attributes(name, day, rows, columns):
    return {
        "title": "NOAA/NCEI 1/4 Degree Daily Optimum Interpolation Sea Surface Temperature (OISST) Analysis, "
        "Version 2.1 - Final",
        "Conventions": "CF-1.6, ACDD-1.3",
        "id": name,
        "summary": "Synthetic values in the form of a file of the dataset.",
        "processing_level": "NOAA Level 4",
        "product_version": "Version v02r01",
        "date_created": "2022-09-28T09:14:00Z",
        "date_modified": "2022-09-28T09:14:00Z",
        "geospatial_lat_min": "-90.0",
        "geospatial_lat_max": "90.0",
        "geospatial_lon_min": "0.0",
        "geospatial_lon_max": "360.0",
        "geospatial_lat_units": "degrees_north",
        "geospatial_lat_resolution": str(180 / rows),
        "geospatial_lon_units": "degrees_east",
        "geospatial_lon_resolution": str(360 / columns),
        "time_coverage_start": f"{day}T00:00:00Z",
        "time_coverage_end": f"{day}T23:59:59Z",
        "platform": "Ships, buoys, Argo floats, MetOp-A, MetOp-B",
        "sensor": "Thermometer, AVHRR",
    }


def axis(file, name, units, values):
    variable = file.createVariable(name, "f4", (name,))
    variable.units = units
    variable[:] = values


def field(name, rows, columns):
    """Hundredths of a unit, as 16-bit integers; a part of the globe has no data, as land has."""
    row, column = np.mgrid[0:rows, 0:columns]
    north, east = row / rows, column / columns
    values = (2800 * np.cos((north - 0.5) * np.pi) + 20 * np.sin(east * 12)).astype("i2")
    if name == "ice":
        return np.where(abs(north - 0.5) > 0.42, values // 30, NO_DATA).astype("i2")
    values = values if name == "sst" else values // 10
    return np.where(np.sin(east * 9) * np.cos(north * 7) > 0.6, NO_DATA, values).astype("i2")


def write(folder, date, rows=36, columns=72):
    name = f"oisst-avhrr-v02r01.{date}.nc"
    path = pathlib.Path(folder) / "data" / "v2.1" / "avhrr" / date[:6] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    day = datetime.datetime.strptime(date, "%Y%m%d")
    with netCDF4.Dataset(path, "w", format="NETCDF4") as file:
        file.setncatts(attributes(name, day.strftime("%Y-%m-%d"), rows, columns))
        for dimension, size in (("time", None), ("zlev", 1), ("lat", rows), ("lon", columns)):
            file.createDimension(dimension, size)
        axis(file, "time", "days since 1978-01-01 12:00:00", [(day - EPOCH).total_seconds() / 86400 + 0.5])
        axis(file, "zlev", "meters", [0])
        axis(file, "lat", "degrees_north", np.linspace(-90 + 90 / rows, 90 - 90 / rows, rows))
        axis(file, "lon", "degrees_east", np.linspace(180 / columns, 360 - 180 / columns, columns))
        for variable, (title, units) in VARIABLES.items():
            data = file.createVariable(
                variable, "i2", ("time", "zlev", "lat", "lon"), zlib=True, complevel=4, fill_value=NO_DATA
            )
            data.setncatts(
                {
                    "long_name": title,
                    "units": units,
                    "add_offset": np.float32(0),
                    "scale_factor": np.float32(0.01),
                    "valid_min": np.int16(-300),
                    "valid_max": np.int16(4500),
                }
            )
            data.set_auto_maskandscale(False)
            data[0, 0] = field(variable, rows, columns)
    return path


if __name__ == "__main__":
    target, *dates = sys.argv[1:]
    for one in dates:
        print(write(target, one))
