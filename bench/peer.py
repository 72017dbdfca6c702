"""libvips and Pillow as candidates: reads a file's name a line, answers with the processor time it took."""

import io
import json
import sys
import time

kind = sys.argv[1]

if kind == "vips":
    import pyvips

    pyvips.cache_set_max(0)

    def work(data):
        # One decode, shrunk while it is decoded; both pictures from it.
        preview = pyvips.Image.thumbnail_buffer(data, 1440, height=1440, size="down").copy_memory()
        preview.jpegsave_buffer(Q=80, keep="none")
        preview.thumbnail_image(512, height=512, size="down").webpsave_buffer(Q=80, effort=2, keep="none")

else:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None

    def work(data):
        image = Image.open(io.BytesIO(data))
        if kind == "pillow-draft":
            image.draft("RGB", (1440, 1440))
        image = ImageOps.exif_transpose(image.convert("RGB"))
        image.thumbnail((1440, 1440), Image.Resampling.LANCZOS)
        image.save(io.BytesIO(), "JPEG", quality=80)
        image.thumbnail((512, 512), Image.Resampling.LANCZOS)
        image.save(io.BytesIO(), "WEBP", quality=80, method=2)


for line in sys.stdin:
    with open(line.rstrip("\n"), "rb") as file:
        data = file.read()
    before = time.process_time()
    try:
        work(data)
        print(json.dumps({"ms": (time.process_time() - before) * 1000}), flush=True)
    except Exception as error:  # what it cannot do is left out of its mean
        print(json.dumps({"error": str(error)}), flush=True)
