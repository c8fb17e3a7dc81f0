// The function for blocks over a picture's edges beside FFmpeg's C function.
#include "libavcodec/videodsp.h"

#include "check.h"

void __real_ff_videodsp_init(VideoDSPContext *, int);

typedef void (*EmulatedEdge)(uint8_t *, const uint8_t *, ptrdiff_t, ptrdiff_t, int, int, int, int, int, int);

static void check_edges(void) {
  VideoDSPContext c, k;
  __real_ff_videodsp_init(&c, 8);
  ff_videodsp_init(&k, 8);
  // Blocks wholly outside, too; the picture lies in the middle of its memory.
  for (int i = 0; i < 20; i++)
    CHECK("emulated_edge_mc", i, 0, EmulatedEdge, c.emulated_edge_mc, k.emulated_edge_mc,
          f(out + at, source + 40 * STRIDE + 60 + y * STRIDE + x, STRIDE, STRIDE, block_w, block_h, x, y, w, h),
          int at = place(1); int block_w = between(1, 80); int block_h = between(1, 80); int w = between(1, 40);
          int h = between(1, 40); int x = between(-block_w - 9, w + 9); int y = between(-block_h - 9, h + 9))
}

int main(void) {
  check_edges();
  return report("Video DSP");
}
