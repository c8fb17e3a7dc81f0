// Encodes raw I420 pictures at 30 frames a second in realtime mode with a pack's own glue, compiled natively around the
// same library: what the pack is measured against. Prints CPU-seconds and bytes; with OUTPUT, writes the stream.
// Compiled with CODEC, PROFILE and LEVEL as EncoderParameters has them.
// Usage: encoder FILE.yuv WIDTH HEIGHT BITRATE THREADS [OUTPUT]
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "video-decoder.h"
#include "video-encoder.h"

static FILE *output;
static long bytes;

static void receive_all(void) {
  EncodedPacket packet;
  while (encoder_receive(&packet) == 1) {
    bytes += packet.size;
    if (output)
      fwrite(packet.data, 1, (size_t)packet.size, output);
  }
}

static int encode(FILE *input, uint8_t *pixels, int width, int height) {
  size_t luma = (size_t)width * height, size = luma * 3 / 2;
  for (int frame = 0; fread(pixels, 1, size, input) == size; frame++) {
    const SourcePicture picture = {
        .timestamp = frame * 1e6 / 30,
        .duration = -1,
        .format = PIXEL_FORMAT_I420,
        .width = width,
        .height = height,
        .primaries = 2,
        .transfer = 2,
        .matrix = 2,
        .quantizer = -1,
        .plane = {pixels, pixels + luma, pixels + luma * 5 / 4},
        .stride = {width, width / 2, width / 2},
    };
    if (encoder_encode(&picture))
      return 1;
    receive_all();
  }
  int error = encoder_drain();
  receive_all();
  return error;
}

int main(int count, char **arguments) {
  if (count < 6)
    return 2;
  FILE *input = fopen(arguments[1], "rb");
  int width = atoi(arguments[2]), height = atoi(arguments[3]);
  uint8_t *pixels = malloc((size_t)width * height * 3 / 2);
  const EncoderParameters parameters = {
      .bitrate = atof(arguments[4]),
      .framerate = 30,
      .codec = CODEC,
      .profile = PROFILE,
      .level = LEVEL,
      .bit_depth = 8,
      .chroma = CHROMA_420,
      .width = width,
      .height = height,
      .bitrate_mode = BITRATE_CONSTANT,
      .realtime = 1,
      .temporal_layers = 1,
      .threads = atoi(arguments[5]),
  };
  if (count > 6)
    output = fopen(arguments[6], "wb");
  if (!input || !pixels || encoder_open(&parameters) || encode(input, pixels, width, height))
    return 1;
  encoder_close();
  printf("%.3f CPU-seconds, %ld bytes\n", (double)clock() / CLOCKS_PER_SEC, bytes);
  return output ? fclose(output) : 0;
}
