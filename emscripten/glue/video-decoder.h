// What a pack that decodes video exports. One decoder per instance of the module.
#ifndef EVERYCODEC_VIDEO_DECODER_H
#define EVERYCODEC_VIDEO_DECODER_H

#include <stdint.h>

#include "decoded-frame.h"

enum VideoCodec { VIDEO_CODEC_AVC, VIDEO_CODEC_HEVC, VIDEO_CODEC_VP8, VIDEO_CODEC_VP9, VIDEO_CODEC_AV1 };

// No picture here may have more: H.264 level 6.2, HEVC level 6.2 and AV1 level 6.3 allow 35.7 million.
#define MAX_PIXELS (36 * 1024 * 1024)

// `description` as the codec's registration defines it, or NULL.
// `reorder_depth`: pictures to hold back for presentation order. Returns 0 or a DecoderError.
int decoder_open(int codec, int threads, int low_latency, int reorder_depth, const uint8_t *description, int size);

// `data` must be followed by 64 readable zero bytes. All ready frames must have been received before.
int decoder_decode(const uint8_t *data, int size, double timestamp, double duration);

// No more data for now: decoder_receive() then gives all frames held back. Afterwards the decoder
// takes data again, beginning with a key frame.
int decoder_drain(void);

#endif
