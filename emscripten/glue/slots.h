// Pictures that the other side holds, by number.
#ifndef EVERYCODEC_SLOTS_H
#define EVERYCODEC_SLOTS_H

// Returns the picture's slot, or DECODER_ERROR_MEMORY.
int slots_put(void *picture);

// Empties a slot; returns what was in it, NULL if there was nothing or is no such slot.
void *slots_take(int slot);

#endif
