# For machines with more codecs than Photure uses: libheif would link whatever it finds, among them encoders under the GPL.
# `.cargo/config.toml` names this file as the toolchain of every CMake build.
foreach(codec
    AOM_DECODER AOM_ENCODER RAV1E SvtEnc X264 X265 JPEG_DECODER JPEG_ENCODER KVAZAAR OPENJPH_ENCODER OPEN_JPH_ENCODER
    OpenJPEG_DECODER OpenJPEG_ENCODER FFMPEG_DECODER OpenH264_DECODER UVG266 VVDEC VVENC LIBSHARPYUV)
  set(WITH_${codec} OFF)
endforeach()
