#include "rgb.h"

#include <string.h>

#include "../../../emscripten/pixels/yuv-to-rgb.c"

PIXELS_STATE uint8_t output[4 * (TILE_PIXELS + BLOCK)];
PIXELS_STATE struct row row;

// Changes of colours are left to pixels.wasm.
void transform_row(uint8_t *out, int width) {
  (void)out;
  (void)width;
}

int rgb_conversion_works(void) {
#ifdef __x86_64__
  return __builtin_cpu_supports("sse4.1") != 0;
#else
  return 1;
#endif
}

static const uint8_t *at(const RgbConversion *conversion, int plane, int x, int y) {
  const uint8_t *data = conversion->plane[plane];
  int is_chroma = plane == 1 || plane == 2;
  int bytes = bytes_of((enum layout)conversion->layout);
  int columns = is_chroma && is_half((enum layout)conversion->layout) ? x / 2 : x;
  if (is_chroma && conversion->layout == NV12)
    bytes = 2;
  int rows = is_chroma ? y / conversion->vertical : y;
  return data ? data + (ptrdiff_t)rows * conversion->stride[plane] + (ptrdiff_t)columns * bytes : NULL;
}

static void convert_tile(const RgbConversion *conversion, int x, int y, int width, int rows) {
  yuv_to_rgb((enum layout)conversion->layout, conversion->depth, conversion->vertical, width, rows,
             at(conversion, 0, x, y), conversion->stride[0], at(conversion, 1, x, y), at(conversion, 2, x, y),
             conversion->stride[1], at(conversion, 3, x, y), conversion->stride[3], conversion->blue_first, 0);
  uint8_t *target = conversion->target + (ptrdiff_t)y * conversion->target_stride + 4 * (ptrdiff_t)x;
  for (int i = 0; i < rows; i++)
    memcpy(target + (ptrdiff_t)i * conversion->target_stride, output + 4 * (size_t)i * width, 4 * (size_t)width);
}

void convert_to_rgb(const RgbConversion *conversion) {
  const int *m = conversion->matrix;
  set_matrix(m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7]);
  for (int x = 0; x < conversion->width; x += TILE_WIDTH) {
    int width = conversion->width - x < TILE_WIDTH ? conversion->width - x : TILE_WIDTH;
    // Even, so that a tile begins where a row of chroma does; small enough to stay in the cache.
    int most = TILE_PIXELS / 4 / width / 2 * 2;
    most = most < 2 ? 2 : most;
    for (int y = 0; y < conversion->height; y += most)
      convert_tile(conversion, x, y, width, conversion->height - y < most ? conversion->height - y : most);
  }
}
