#define LIBRARY openh264
#include "video-encoder-names.h"

#include "../../../emscripten/glue/openh264-encoder.c"

const VideoEncoderLibrary openh264_library = VIDEO_ENCODER_LIBRARY("OpenH264");
