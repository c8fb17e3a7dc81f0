// A packet that the glue puts together, and that waits to be received.
#ifndef EVERYCODEC_PACKET_BUFFER_H
#define EVERYCODEC_PACKET_BUFFER_H

#include <stddef.h>

#include "video-encoder.h"

typedef struct PacketBuffer {
  uint8_t *data;
  size_t capacity;
  int size; // 0: no packet is waiting
  int is_key;
  int layer;
  double timestamp; // µs
  double duration;
} PacketBuffer;

// Room for `size` bytes; what was in the buffer is lost. Returns 0 or an EncoderError.
int packet_reserve(PacketBuffer *packet, size_t size);

// What encoder_receive() returns.
int packet_receive(PacketBuffer *packet, EncodedPacket *out);

void packet_free(PacketBuffer *packet);

#endif
