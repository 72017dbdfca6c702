"""How near previews come to a full decode with a Lanczos resize: SSIMULACRA 2, and bytes beside libvips' at quality 80.

Reads a line `photo<TAB>preview` each, answers with JSON. The preview is Photure's; libvips makes its own of the same size.
"""

import io
import json
import sys
import tempfile
from pathlib import Path

import pyvips
from PIL import Image, ImageCms, ImageOps
from ssimulacra2 import compute_ssimulacra2

SRGB = ImageCms.createProfile("sRGB")


def reference(photo, size):
    image = Image.open(photo)
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image.convert("RGB"))
    if profile:
        image = ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), SRGB)
    return image.resize(size, Image.Resampling.LANCZOS)


for line in sys.stdin:
    photo, preview = line.rstrip("\n").split("\t")
    with tempfile.TemporaryDirectory() as folder:
        ours = Image.open(preview)
        truth = Path(folder, "truth.png")
        reference(photo, ours.size).save(truth)
        vips = pyvips.Image.thumbnail(photo, ours.width, height=ours.height, size="force", export_profile="srgb")
        coded = vips.jpegsave_buffer(Q=80, keep="none")

        def score(bytes):
            path = Path(folder, "candidate.png")
            Image.open(io.BytesIO(bytes)).convert("RGB").save(path)
            return compute_ssimulacra2(str(truth), str(path))

        own = Path(preview).read_bytes()
        print(json.dumps({"photure": score(own), "vips": score(coded), "bytes": len(own) / len(coded)}), flush=True)
