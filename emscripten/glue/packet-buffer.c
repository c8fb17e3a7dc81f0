#include "packet-buffer.h"

#include <stdlib.h>

int packet_reserve(PacketBuffer *packet, size_t size) {
  if (packet->capacity >= size)
    return 0;
  free(packet->data);
  packet->data = malloc(size);
  packet->capacity = packet->data ? size : 0;
  return packet->data ? 0 : ENCODER_ERROR_MEMORY;
}

int packet_receive(PacketBuffer *packet, EncodedPacket *out) {
  if (!packet->size)
    return 0;
  *out = (EncodedPacket){
      .timestamp = packet->timestamp,
      .duration = packet->duration,
      .data = packet->data,
      .size = packet->size,
      .key_frame = packet->is_key,
      .temporal_layer = packet->layer,
  };
  packet->size = 0;
  return 1;
}

void packet_free(PacketBuffer *packet) {
  free(packet->data);
  *packet = (PacketBuffer){0};
}
