// YUV to RGB by the kernels of pixels.wasm (emscripten/pixels/), on any thread.
#ifndef EVERYCODEC_RGB_H
#define EVERYCODEC_RGB_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct RgbConversion {
  int layout; // enum layout of yuv-to-rgb.c
  int depth;
  int vertical; // rows of pixels per row of chroma
  int width;    // pixels
  int height;
  // y, u, v, alpha, or y, uv: from the first pixel that is wanted on. 64 bytes beyond their end can be read.
  const uint8_t *plane[4];
  int stride[4]; // bytes
  int matrix[8]; // luma, red of v, green of u, green of v, blue of u, biases of luma and chroma, whether it is GBR
  int blue_first;
  uint8_t *target;
  int target_stride; // bytes
} RgbConversion;

// 1 if this machine has the instructions that it was compiled for.
int rgb_conversion_works(void);

void convert_to_rgb(const RgbConversion *conversion);

#ifdef __cplusplus
}
#endif

#endif
