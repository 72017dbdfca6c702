# Read by every CMake build of this workspace (.cargo/config.toml). libheif would link whatever codecs it finds on the machine,
# among them encoders under the GPL: it gets the two decoders that Photure uses.
foreach(codec
    AOM_DECODER AOM_ENCODER RAV1E SvtEnc X264 X265 JPEG_DECODER JPEG_ENCODER KVAZAAR OPENJPH_ENCODER OPEN_JPH_ENCODER
    OpenJPEG_DECODER OpenJPEG_ENCODER FFMPEG_DECODER OpenH264_DECODER UVG266 VVDEC VVENC LIBSHARPYUV)
  set(WITH_${codec} OFF)
endforeach()
