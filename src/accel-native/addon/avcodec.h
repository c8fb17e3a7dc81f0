// What decoders and encoders of libavcodec have in common.
#ifndef EVERYCODEC_AVCODEC_H
#define EVERYCODEC_AVCODEC_H

#include <memory>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/buffer.h>
}

namespace everycodec {

struct CodecContextDeleter {
  void operator()(AVCodecContext *context) const { avcodec_free_context(&context); }
};
using CodecContextPointer = std::unique_ptr<AVCodecContext, CodecContextDeleter>;

struct PacketDeleter {
  void operator()(AVPacket *packet) const { av_packet_free(&packet); }
};
using PacketPointer = std::unique_ptr<AVPacket, PacketDeleter>;

constexpr AVRational kMicroseconds = {1, 1000000};

// Of a number of enum VideoCodec.
AVCodecID VideoCodecId(int codec);

}  // namespace everycodec

#endif
