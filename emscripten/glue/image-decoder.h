// What the pack of image decoders exports. One decoder per instance of the module. The worker (src/wasm/worker/image-decoder.ts) writes and reads these structures: keep both alike.
#ifndef EVERYCODEC_IMAGE_DECODER_H
#define EVERYCODEC_IMAGE_DECODER_H

#include <stdint.h>

#include "decoded-frame.h"

enum ImageCodec { IMAGE_CODEC_JPEG, IMAGE_CODEC_PNG, IMAGE_CODEC_GIF, IMAGE_CODEC_WEBP, IMAGE_CODEC_BMP };

// No image and no canvas may have more: 256 MiB as RGBA.
#define IMAGE_MAX_PIXELS (64 * 1024 * 1024)

enum Dispose { DISPOSE_NONE, DISPOSE_BACKGROUND, DISPOSE_PREVIOUS };

typedef struct ImageFrame {
  double timestamp; // µs
  double duration;  // µs, negative if unknown
  int32_t x;        // where the frame goes on the canvas, pixels
  int32_t y;
  int32_t blend_over; // 1: blended with what is there; 0: in place of it
  int32_t dispose;    // enum Dispose: what becomes of it afterwards
  int32_t first;      // 1: the canvas is cleared
} ImageFrame;

// A canvas of size 0: each image comes out as it is, YUV where its data are YUV. Otherwise RGBA of the whole canvas.
int decoder_open(int codec, int canvas_width, int canvas_height);

// `data` must be followed by 64 readable zero bytes. One frame is to be received after each call.
int decoder_decode(const uint8_t *data, int size, const ImageFrame *frame);

#endif
