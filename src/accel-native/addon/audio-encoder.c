#include "audio-codecs.h"

#include "../../../emscripten/glue/audio-encoder.c"
