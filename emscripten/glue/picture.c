// Conversion of pictures for the encoders: subsampling, scaling, bit depth, and RGB to YUV.
#include "picture.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "session-state.h"
#include "video-decoder.h"

// Filter weights are fractions of 1 << WEIGHT_BITS; between the vertical and the horizontal filter,
// samples of every depth have ROW_BITS bits, so that a weighted sum fits 32 bits.
#define WEIGHT_BITS 14
#define ROW_BITS 15
#define ALIGNMENT 32

// Rows of 16-bit pictures may begin at odd addresses.
typedef uint16_t __attribute__((aligned(1), may_alias)) Sample16;

typedef struct Layout {
  int depth;
  int horizontal; // luma samples per chroma sample
  int vertical;
  int rgb;
} Layout;

// One plane, or one component of interleaved planes.
typedef struct Samples {
  const uint8_t *data;
  ptrdiff_t stride;
  int width;
  int height;
  int step; // 2 where two components alternate (NV12's chroma), else 1
  int depth;
} Samples;

// For each output sample, the first of `taps` neighbouring input samples and their weights.
typedef struct Filter {
  int taps;
  int *first;
  uint16_t *weights;
} Filter;

typedef struct Memory {
  uint8_t *data;
  size_t size;
} Memory;

PER_SESSION Memory converted;  // the planes given out
PER_SESSION Memory unscaled;   // RGB pictures as YUV, before scaling
PER_SESSION Memory filters[2]; // horizontal, vertical
PER_SESSION Memory rows;

static uint8_t *reserve(Memory *memory, size_t size) {
  if (memory->size >= size)
    return memory->data;
  free(memory->data);
  memory->data = aligned_alloc(ALIGNMENT, (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
  memory->size = memory->data ? size : 0;
  return memory->data;
}

static void release(Memory *memory) {
  free(memory->data);
  *memory = (Memory){0};
}

static Layout layout_of(int format) {
  static const int depths[] = {8, 10, 12};
  if (format >= PIXEL_FORMAT_RGBA)
    return (Layout){.depth = 8, .horizontal = 1, .vertical = 1, .rgb = 1};
  if (format == PIXEL_FORMAT_NV12)
    return (Layout){.depth = 8, .horizontal = 2, .vertical = 2};
  return (Layout){
      .depth = depths[format % 3],
      .horizontal = format < PIXEL_FORMAT_I444 ? 2 : 1,
      .vertical = format < PIXEL_FORMAT_I422 ? 2 : 1,
  };
}

static Layout layout_wanted(const EncoderParameters *wanted) {
  return (Layout){
      .depth = wanted->bit_depth,
      .horizontal = wanted->chroma == CHROMA_420 || wanted->chroma == CHROMA_422 ? 2 : 1,
      .vertical = wanted->chroma == CHROMA_420 || wanted->chroma == CHROMA_440 ? 2 : 1,
  };
}

static int divide_up(int value, int divisor) {
  return (value + divisor - 1) / divisor;
}

static int bytes_per_sample(int depth) {
  return depth > 8 ? 2 : 1;
}

static int is_valid(const SourcePicture *source) {
  if (source->format < 0 || source->format > PIXEL_FORMAT_BGRX)
    return 0;
  if (source->width < 1 || source->height < 1)
    return 0;
  if (source->width > PICTURE_MAX_SIZE || source->height > PICTURE_MAX_SIZE)
    return 0;
  Layout layout = layout_of(source->format);
  int planes = layout.rgb ? 1 : source->format == PIXEL_FORMAT_NV12 ? 2 : 3;
  for (int plane = 0; plane < planes; plane++) {
    int samples = plane ? divide_up(source->width, layout.horizontal) : source->width;
    int bytes = layout.rgb ? 4 : planes == 2 && plane ? 2 : bytes_per_sample(layout.depth);
    if (!source->plane[plane] || source->stride[plane] < samples * bytes)
      return 0;
  }
  return 1;
}

static Samples samples_of(const SourcePicture *source, int component) {
  Layout layout = layout_of(source->format);
  int interleaved = source->format == PIXEL_FORMAT_NV12 && component > 0;
  int plane = interleaved ? 1 : component;
  return (Samples){
      .data = source->plane[plane] + (interleaved ? component - 1 : 0),
      .stride = source->stride[plane],
      .width = component ? divide_up(source->width, layout.horizontal) : source->width,
      .height = component ? divide_up(source->height, layout.vertical) : source->height,
      .step = interleaved ? 2 : 1,
      .depth = layout.depth,
  };
}

// An encoder can read these samples where they are.
static int is_readable(const Samples *samples, int depth) {
  int aligned = depth == 8 || ((uintptr_t)samples->data % 2 == 0 && samples->stride % 2 == 0);
  return samples->step == 1 && samples->depth == depth && aligned;
}

// Encoders want one stride for both planes of chroma.
static int has_grid(const SourcePicture *source, const Layout *wanted) {
  Layout layout = layout_of(source->format);
  return layout.horizontal == wanted->horizontal && layout.vertical == wanted->vertical &&
         source->stride[1] == source->stride[2];
}

static int suits(const SourcePicture *source, int component, const EncoderParameters *wanted) {
  Layout layout = layout_wanted(wanted);
  if (source->width != wanted->width || source->height != wanted->height)
    return 0;
  Samples samples = samples_of(source, component);
  return (component == 0 || has_grid(source, &layout)) && is_readable(&samples, wanted->bit_depth);
}

// Scaling ---------------------------------------------------------------------------------------

// The share of input sample `index` in the output sample that covers [begin, end) of the input:
// bilinear interpolation at its centre, or the area it covers when shrinking by more than two.
static double share(int index, double begin, double end, int length) {
  if (end - begin <= 2) {
    double centre = fmin(fmax((begin + end - 1) / 2, 0), length - 1);
    return fmax(0, 1 - fabs(index - centre));
  }
  return fmax(0, fmin(end, index + 1) - fmax(begin, index));
}

// Makes one output sample's weights, which sum up to exactly 1 << WEIGHT_BITS: flat areas stay flat.
static int weigh(uint16_t *weights, int taps, double begin, double end, int length) {
  double first_covered = end - begin <= 2 ? (begin + end - 1) / 2 : begin;
  int first = (int)fmin(fmax(floor(first_covered), 0), length - taps);
  double total = 0;
  for (int tap = 0; tap < taps; tap++)
    total += share(first + tap, begin, end, length);
  int sum = 0, largest = 0;
  for (int tap = 0; tap < taps; tap++) {
    double part = total > 0 ? share(first + tap, begin, end, length) / total : 0;
    weights[tap] = (uint16_t)lround(part * (1 << WEIGHT_BITS));
    sum += weights[tap];
    if (weights[tap] > weights[largest])
      largest = tap;
  }
  weights[largest] += (1 << WEIGHT_BITS) - sum;
  return first;
}

// `ratio`: input samples per output sample. Positions are counted from the picture's edge, so centres align.
static int make_filter(Filter *filter, Memory *memory, int input_length, int output_length, double ratio) {
  int taps = ratio == 1 ? 1 : ratio <= 2 ? 2 : (int)ceil(ratio) + 1;
  if (taps > input_length)
    taps = input_length;
  size_t first_size = (size_t)output_length * sizeof(*filter->first);
  uint8_t *data = reserve(memory, first_size + (size_t)output_length * taps * sizeof(*filter->weights));
  if (!data)
    return ENCODER_ERROR_MEMORY;
  filter->taps = taps;
  filter->first = (int *)data;
  filter->weights = (uint16_t *)(data + first_size);
  for (int i = 0; i < output_length; i++)
    filter->first[i] = weigh(filter->weights + (size_t)i * taps, taps, i * ratio, (i + 1) * ratio, input_length);
  return 0;
}

static void add_bytes(uint32_t *restrict sums, const uint8_t *restrict row, int width, uint32_t weight) {
  for (int x = 0; x < width; x++)
    sums[x] += row[x] * weight;
}

static void add_alternate_bytes(uint32_t *restrict sums, const uint8_t *restrict row, int width, uint32_t weight) {
  for (int x = 0; x < width; x++)
    sums[x] += row[2 * x] * weight;
}

static void add_words(uint32_t *restrict sums, const Sample16 *restrict row, int width, uint32_t weight) {
  for (int x = 0; x < width; x++)
    sums[x] += row[x] * weight;
}

// The vertical filter: one row of ROW_BITS bits out of `taps` rows of the source.
static void blend_rows(uint16_t *restrict row, uint32_t *restrict sums, const Samples *source, const Filter *filter, int y) {
  int width = source->width;
  memset(sums, 0, width * sizeof(*sums));
  for (int tap = 0; tap < filter->taps; tap++) {
    uint32_t weight = filter->weights[(size_t)y * filter->taps + tap];
    const uint8_t *input = source->data + (filter->first[y] + tap) * source->stride;
    if (weight == 0)
      continue;
    if (source->depth > 8)
      add_words(sums, (const Sample16 *)input, width, weight);
    else if (source->step == 2)
      add_alternate_bytes(sums, input, width, weight);
    else
      add_bytes(sums, input, width, weight);
  }
  int shift = WEIGHT_BITS + source->depth - ROW_BITS;
  uint32_t half = 1u << (shift - 1), largest = (1 << ROW_BITS) - 1;
  for (int x = 0; x < width; x++) {
    // Samples above their depth's range are somebody's mistake, not a reason to wrap around.
    uint32_t value = (sums[x] + half) >> shift;
    row[x] = value < largest ? value : largest;
  }
}

static void filter_row(uint32_t *restrict sums, const uint16_t *restrict row, int width, const Filter *filter) {
  int taps = filter->taps;
  const int *restrict first = filter->first;
  const uint16_t *restrict weights = filter->weights;
  if (taps == 1) {
    for (int x = 0; x < width; x++)
      sums[x] = (uint32_t)row[first[x]] << WEIGHT_BITS;
  } else if (taps == 2) {
    for (int x = 0; x < width; x++)
      sums[x] = row[first[x]] * (uint32_t)weights[2 * x] + row[first[x] + 1] * (uint32_t)weights[2 * x + 1];
  } else {
    for (int x = 0; x < width; x++) {
      uint32_t sum = 0;
      for (int tap = 0; tap < taps; tap++)
        sum += row[first[x] + tap] * (uint32_t)weights[(size_t)x * taps + tap];
      sums[x] = sum;
    }
  }
}

static void scale_up_row(uint32_t *restrict sums, const uint16_t *restrict row, int width) {
  for (int x = 0; x < width; x++)
    sums[x] = (uint32_t)row[x] << WEIGHT_BITS;
}

static void store_row(uint8_t *output, const uint32_t *restrict sums, int width, int depth) {
  int shift = WEIGHT_BITS + ROW_BITS - depth;
  uint32_t half = 1u << (shift - 1), largest = (1u << depth) - 1;
  if (depth > 8) {
    uint16_t *restrict words = (uint16_t *)output;
    for (int x = 0; x < width; x++) {
      uint32_t value = (sums[x] + half) >> shift;
      words[x] = value < largest ? value : largest;
    }
  } else {
    uint8_t *restrict bytes = output;
    for (int x = 0; x < width; x++) {
      uint32_t value = (sums[x] + half) >> shift;
      bytes[x] = value < largest ? value : largest;
    }
  }
}

typedef struct Target {
  uint8_t *data;
  int stride;
  int width;
  int height;
  int depth;
} Target;

static int resample(const Samples *source, const Target *target, double horizontal_ratio, double vertical_ratio) {
  Filter horizontal, vertical;
  int error = make_filter(&horizontal, &filters[0], source->width, target->width, horizontal_ratio);
  if (!error)
    error = make_filter(&vertical, &filters[1], source->height, target->height, vertical_ratio);
  if (error)
    return error;
  int width = source->width > target->width ? source->width : target->width;
  uint32_t *sums = (uint32_t *)reserve(&rows, (size_t)width * (sizeof(uint32_t) + sizeof(uint16_t)));
  if (!sums)
    return ENCODER_ERROR_MEMORY;
  uint16_t *row = (uint16_t *)(sums + width);
  for (int y = 0; y < target->height; y++) {
    blend_rows(row, sums, source, &vertical, y);
    if (horizontal_ratio == 1)
      scale_up_row(sums, row, target->width);
    else
      filter_row(sums, row, target->width, &horizontal);
    store_row(target->data + (size_t)y * target->stride, sums, target->width, target->depth);
  }
  return 0;
}

static void take_alternate_bytes(uint8_t *restrict output, const uint8_t *restrict input, int width) {
  for (int x = 0; x < width; x++)
    output[x] = input[2 * x];
}

static void separate(const Samples *source, const Target *target) {
  for (int y = 0; y < target->height; y++)
    take_alternate_bytes(target->data + (size_t)y * target->stride, source->data + y * source->stride, target->width);
}

// RGB -------------------------------------------------------------------------------------------

// BT.709, limited range, in 15-bit fractions; the chroma rows sum up to 0, so that grey stays grey.
#define LUMA(r, g, b) ((5983 * (r) + 20127 * (g) + 2032 * (b) + (16 << 15) + (1 << 14)) >> 15)
// Of one pixel with 15 bits, of sums over four pixels with 17.
#define CHROMA_OFFSET(bits) ((128 << (bits)) + (1 << ((bits) - 1)))
#define BLUE_CHROMA(r, g, b, bits) ((-3298 * (r) - 11094 * (g) + 14392 * (b) + CHROMA_OFFSET(bits)) >> (bits))
#define RED_CHROMA(r, g, b, bits) ((14392 * (r) - 13073 * (g) - 1319 * (b) + CHROMA_OFFSET(bits)) >> (bits))

// Little-endian pixels: `red` and `blue` are the bit positions of those components.
typedef uint32_t __attribute__((aligned(1), may_alias)) Pixel;

static inline void convert_luma(uint8_t *restrict y, const Pixel *restrict pixels, int width, int red, int blue) {
  for (int x = 0; x < width; x++) {
    int r = pixels[x] >> red & 255, g = pixels[x] >> 8 & 255, b = pixels[x] >> blue & 255;
    y[x] = LUMA(r, g, b);
  }
}

#define SUM(shift) ((top[2 * x] >> (shift) & 255) + (top[right] >> (shift) & 255) + \
                    (bottom[2 * x] >> (shift) & 255) + (bottom[right] >> (shift) & 255))

static inline void convert_chroma(uint8_t *restrict u, uint8_t *restrict v, const Pixel *restrict pixels, int width,
                                  int red, int blue) {
  for (int x = 0; x < width; x++) {
    int r = pixels[x] >> red & 255, g = pixels[x] >> 8 & 255, b = pixels[x] >> blue & 255;
    u[x] = BLUE_CHROMA(r, g, b, 15);
    v[x] = RED_CHROMA(r, g, b, 15);
  }
}

static inline void convert_to_444(const SourcePicture *source, const Target *targets, int red, int blue) {
  for (int y = 0; y < source->height; y++) {
    const Pixel *pixels = (const Pixel *)(source->plane[0] + (ptrdiff_t)y * source->stride[0]);
    convert_luma(targets[0].data + (size_t)y * targets[0].stride, pixels, source->width, red, blue);
    convert_chroma(targets[1].data + (size_t)y * targets[1].stride, targets[2].data + (size_t)y * targets[2].stride,
                   pixels, source->width, red, blue);
  }
}

#define SUM(shift) ((top[2 * x] >> (shift) & 255) + (top[right] >> (shift) & 255) + \
                    (bottom[2 * x] >> (shift) & 255) + (bottom[right] >> (shift) & 255))

static inline void average_chroma(uint8_t *restrict u, uint8_t *restrict v, const Pixel *restrict top,
                                  const Pixel *restrict bottom, int width, int red, int blue) {
  for (int x = 0; x < width / 2; x++) {
    int right = 2 * x + 1;
    int r = SUM(red), g = SUM(8), b = SUM(blue);
    u[x] = BLUE_CHROMA(r, g, b, 17);
    v[x] = RED_CHROMA(r, g, b, 17);
  }
  if (width % 2) {
    int x = width / 2, right = 2 * x;
    int r = SUM(red), g = SUM(8), b = SUM(blue);
    u[x] = BLUE_CHROMA(r, g, b, 17);
    v[x] = RED_CHROMA(r, g, b, 17);
  }
}

static inline void convert_to_420(const SourcePicture *source, const Target *targets, int red, int blue) {
  int width = source->width, height = source->height;
  ptrdiff_t stride = source->stride[0];
  for (int y = 0; y < height; y += 2) {
    const uint8_t *top = source->plane[0] + y * stride;
    const uint8_t *bottom = y + 1 < height ? top + stride : top;
    uint8_t *luma = targets[0].data + (size_t)y * targets[0].stride;
    convert_luma(luma, (const Pixel *)top, width, red, blue);
    if (bottom != top)
      convert_luma(luma + targets[0].stride, (const Pixel *)bottom, width, red, blue);
    average_chroma(targets[1].data + (size_t)(y / 2) * targets[1].stride,
                   targets[2].data + (size_t)(y / 2) * targets[2].stride, (const Pixel *)top, (const Pixel *)bottom,
                   width, red, blue);
  }
}

// Bit positions known at compile time make the loops above twice as fast.
static void convert_rgb(const SourcePicture *source, const Target *targets, int to_420) {
  int is_rgba = source->format < PIXEL_FORMAT_BGRA;
  if (to_420 && is_rgba)
    convert_to_420(source, targets, 0, 16);
  else if (to_420)
    convert_to_420(source, targets, 16, 0);
  else if (is_rgba)
    convert_to_444(source, targets, 0, 16);
  else
    convert_to_444(source, targets, 16, 0);
}

// Pictures --------------------------------------------------------------------------------------

static int make_targets(Memory *memory, Target *targets, int width, int height, const Layout *layout) {
  size_t size = 0, offset[3];
  for (int component = 0; component < 3; component++) {
    Target *target = &targets[component];
    target->width = component ? divide_up(width, layout->horizontal) : width;
    target->height = component ? divide_up(height, layout->vertical) : height;
    target->depth = layout->depth;
    target->stride = divide_up(target->width * bytes_per_sample(layout->depth), ALIGNMENT) * ALIGNMENT;
    offset[component] = size;
    size += (size_t)target->stride * target->height;
  }
  // Vector loads may run over the end of the last row.
  uint8_t *data = reserve(memory, size + ALIGNMENT);
  if (!data)
    return ENCODER_ERROR_MEMORY;
  for (int component = 0; component < 3; component++)
    targets[component].data = data + offset[component];
  return 0;
}

// Gives the picture out of RGB as if the source had been YUV of its own size: I420 where that is wanted, or
// I444, which loses nothing for any other subsampling.
static int convert_from_rgb(const SourcePicture *source, int chroma, SourcePicture *planar) {
  *planar = *source;
  planar->format = chroma == CHROMA_420 ? PIXEL_FORMAT_I420 : PIXEL_FORMAT_I444;
  Layout layout = layout_of(planar->format);
  Target targets[3];
  int error = make_targets(&unscaled, targets, source->width, source->height, &layout);
  if (error)
    return error;
  convert_rgb(source, targets, chroma == CHROMA_420);
  for (int component = 0; component < 3; component++) {
    planar->plane[component] = targets[component].data;
    planar->stride[component] = targets[component].stride;
  }
  return 0;
}

static int convert_component(const SourcePicture *source, int component, const EncoderParameters *wanted,
                             const Target *target) {
  Layout from = layout_of(source->format), to = layout_wanted(wanted);
  Samples samples = samples_of(source, component);
  double horizontal = (double)source->width / wanted->width;
  double vertical = (double)source->height / wanted->height;
  if (component) {
    horizontal = horizontal * to.horizontal / from.horizontal;
    vertical = vertical * to.vertical / from.vertical;
  }
  if (horizontal == 1 && vertical == 1 && samples.step == 2 && target->depth == 8) {
    separate(&samples, target);
    return 0;
  }
  return resample(&samples, target, horizontal, vertical);
}

static int convert(const SourcePicture *source, const EncoderParameters *wanted, Picture *picture) {
  Layout layout = layout_wanted(wanted);
  Target targets[3];
  int error = make_targets(&converted, targets, wanted->width, wanted->height, &layout);
  for (int component = 0; component < 3 && !error; component++) {
    if (suits(source, component, wanted)) {
      picture->plane[component] = source->plane[component];
      picture->stride[component] = source->stride[component];
      continue;
    }
    error = convert_component(source, component, wanted, &targets[component]);
    picture->plane[component] = targets[component].data;
    picture->stride[component] = targets[component].stride;
  }
  return error;
}

int picture_prepare(const SourcePicture *source, const EncoderParameters *wanted, Picture *picture) {
  if (!is_valid(source))
    return ENCODER_ERROR_DATA;
  SourcePicture planar = *source;
  if (layout_of(source->format).rgb) {
    int error = convert_from_rgb(source, wanted->chroma, &planar);
    if (error)
      return error;
  }
  if (suits(&planar, 0, wanted) && suits(&planar, 1, wanted) && suits(&planar, 2, wanted)) {
    memcpy(picture->plane, planar.plane, sizeof(picture->plane));
    memcpy(picture->stride, planar.stride, sizeof(picture->stride));
    return 0;
  }
  return convert(&planar, wanted, picture);
}

const PictureColors unspecified_colors = {.primaries = 2, .transfer = 2, .matrix = 2};

PictureColors picture_colors(const SourcePicture *source) {
  if (layout_of(source->format).rgb)
    return (PictureColors){.primaries = 1, .transfer = 1, .matrix = 1};
  return (PictureColors){source->primaries, source->transfer, source->matrix, source->full_range == 1};
}

int colors_are_equal(PictureColors one, PictureColors other) {
  return one.primaries == other.primaries && one.transfer == other.transfer && one.matrix == other.matrix &&
         one.full_range == other.full_range;
}

void picture_free(void) {
  release(&converted);
  release(&unscaled);
  release(&filters[0]);
  release(&filters[1]);
  release(&rows);
}
