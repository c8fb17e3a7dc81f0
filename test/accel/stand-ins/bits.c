#include "bits.h"

#include <stdlib.h>
#include <string.h>

void bytes_append(ByteBuffer *buffer, const void *data, size_t size) {
  if (buffer->size + size > buffer->capacity) {
    size_t capacity = 2 * (buffer->size + size);
    uint8_t *grown = realloc(buffer->data, capacity);
    if (!grown) {
      buffer->is_out_of_memory = true;
      return;
    }
    buffer->data = grown;
    buffer->capacity = capacity;
  }
  if (size)
    memcpy(buffer->data + buffer->size, data, size);
  buffer->size += size;
}

void bytes_free(ByteBuffer *buffer) {
  free(buffer->data);
  *buffer = (ByteBuffer){0};
}

static void put_bit(BitWriter *to, unsigned bit) {
  if (!to->free_bits) {
    bytes_append(&to->bytes, &(uint8_t){0}, 1);
    to->free_bits = 8;
  }
  to->free_bits--;
  if (!to->bytes.is_out_of_memory)
    to->bytes.data[to->bytes.size - 1] |= (uint8_t)((bit & 1) << to->free_bits);
}

void put_bits(BitWriter *to, int count, unsigned value) {
  while (count--)
    put_bit(to, value >> count);
}

void put_unsigned(BitWriter *to, unsigned value) {
  int length = 0;
  while ((value + 1) >> (length + 1))
    length++;
  put_bits(to, length, 0);
  put_bits(to, length + 1, value + 1);
}

void put_signed(BitWriter *to, int value) {
  put_unsigned(to, value > 0 ? 2 * (unsigned)value - 1 : 2 * (unsigned)-value);
}

static unsigned get_bit(BitReader *from) {
  unsigned bit = from->at / 8 < from->size ? from->data[from->at / 8] >> (7 - from->at % 8) & 1 : 1;
  from->at++;
  return bit;
}

unsigned get_bits(BitReader *from, int count) {
  unsigned value = 0;
  while (count--)
    value = value << 1 | get_bit(from);
  return value;
}

unsigned get_unsigned(BitReader *from) {
  int zeros = 0;
  while (zeros < 31 && !get_bit(from))
    zeros++;
  return (1u << zeros) - 1 + get_bits(from, zeros);
}

int get_signed(BitReader *from) {
  unsigned value = get_unsigned(from);
  return value % 2 ? (int)(value / 2) + 1 : -(int)(value / 2);
}

void append_unit(ByteBuffer *stream, const ByteBuffer *payload) {
  static const uint8_t start_code[] = {0, 0, 0, 1};
  bytes_append(stream, start_code, sizeof(start_code));
  int zeros = 0;
  for (size_t i = 0; i < payload->size; i++) {
    if (zeros == 2 && payload->data[i] <= 3) {
      bytes_append(stream, &(uint8_t){3}, 1);
      zeros = 0;
    }
    bytes_append(stream, &payload->data[i], 1);
    zeros = payload->data[i] ? 0 : zeros + 1;
  }
}

void append_payload(ByteBuffer *payload, const uint8_t *unit, size_t size) {
  int zeros = 0;
  for (size_t i = 0; i < size; i++) {
    if (zeros >= 2 && unit[i] == 3) {
      zeros = 0;
      continue;
    }
    bytes_append(payload, &unit[i], 1);
    zeros = unit[i] ? 0 : zeros + 1;
  }
}

static bool is_start_code(const uint8_t *data) { return !data[0] && !data[1] && data[2] == 1; }

bool next_unit(const uint8_t *stream, size_t size, size_t *at, const uint8_t **unit, size_t *unit_size) {
  size_t begin = *at;
  while (begin + 3 < size && !is_start_code(stream + begin))
    begin++;
  if (begin + 3 >= size)
    return false;
  begin += 3;
  size_t end = begin;
  while (end + 3 <= size && !is_start_code(stream + end))
    end++;
  if (end + 3 > size)
    end = size;
  *at = end;
  // A start code may be longer by zeros, which are no part of the unit before it.
  while (end > begin && !stream[end - 1])
    end--;
  *unit = stream + begin;
  *unit_size = end - begin;
  return end > begin;
}
