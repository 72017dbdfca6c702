"""Sends every file of a folder by tuspy: url, token, folder, how many at once."""

import hashlib
import os
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from tusclient import client
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

url, token, folder, at_once = sys.argv[1:]
tus = client.TusClient(f"{url}/api/v1/uploads", headers={"authorization": f"Bearer {token}"})


def uploader(path):
    """A broken line while it is created is tried again by its user: tuspy leaves that to him."""
    with open(path, "rb") as file:
        sha256 = hashlib.sha256(file.read()).hexdigest()
    metadata = {"filename": os.path.basename(path), "filetype": "image/jpeg", "sha256": sha256}
    return tus.uploader(
        path,
        chunk_size=random.randint(100_000, 600_000),
        metadata=metadata,
        retries=8,
        retry_delay=0.2,
        upload_checksum=False,
    )


def send(path):
    current = None
    for _ in range(200):
        try:
            current = current or uploader(path)
            current.upload()
            return
        except TusCommunicationError as error:
            if error.status_code in (404, 410):
                current = None
        except (requests.exceptions.RequestException, TusUploadFailed):
            pass
        time.sleep(0.2)
        try:
            if current is not None and current.url is not None:
                current.offset = current.get_offset()
        except (TusCommunicationError, TusUploadFailed, requests.exceptions.RequestException):
            pass
    raise SystemExit(f"{path} was not taken")


paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
with ThreadPoolExecutor(int(at_once)) as pool:
    list(pool.map(send, paths))
