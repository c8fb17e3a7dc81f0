// The C glue of the WebAssembly packs (emscripten/glue/), compiled for this machine: the same settings, timestamps and
// headers, whichever engine runs. What a codec remembers belongs to the thread that opened it (session-state.h).
#ifndef EVERYCODEC_GLUE_H
#define EVERYCODEC_GLUE_H

#include <libavutil/frame.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "decoded-frame.h"

// avframe.h, with the pixel formats of hardware.
int frame_describe(const AVFrame *frame, DecodedFrame *out);
int frame_replace_format(AVFrame *frame);

#ifdef __cplusplus
}
#endif

#endif
