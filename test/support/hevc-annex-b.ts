/** Reads raw HEVC byte streams (Annex B): cuts them into access units (7.4.2.4.4). */
import { splitNalUnits } from './annex-b.ts';
import type { StreamPacket, VideoStream } from './stream.ts';

/** A raw stream has no clock: its access units count in coding order, at 25 Hz. */
const frameDuration = 40_000;

const typeOf = (nal: Uint8Array): number => (nal[0]! >> 1) & 63;
const layerOf = (nal: Uint8Array): number => ((nal[0]! & 1) << 5) | (nal[1]! >> 3);

const isPicture = (nal: Uint8Array): boolean => typeOf(nal) < 32 && layerOf(nal) === 0;
const beginsPicture = (nal: Uint8Array): boolean => isPicture(nal) && nal[2]! >= 128;
/** BLA, IDR and CRA. */
const isRandomAccess = (nal: Uint8Array): boolean => typeOf(nal) >= 16 && typeOf(nal) <= 21;

/** Parameter sets, delimiters and prefix SEI come before the picture that they belong to. */
function opensUnit(nal: Uint8Array): boolean {
  const type = typeOf(nal);
  return (type >= 32 && type <= 35) || type === 39 || (type >= 41 && type <= 44) || (type >= 48 && type <= 55);
}

export function readHevcAnnexB(bytes: Uint8Array): VideoStream {
  const units: { start: number; end: number; nals: Uint8Array[] }[] = [];
  let hasPicture = true;
  for (const { start, end, nal } of splitNalUnits(bytes)) {
    if (units.length === 0 || (hasPicture && (beginsPicture(nal) || opensUnit(nal)))) {
      units.push({ start, end, nals: [] });
      hasPicture = false;
    }
    const unit = units.at(-1)!;
    unit.nals.push(nal);
    unit.end = end;
    hasPicture ||= isPicture(nal);
  }
  const packets = units.map(
    ({ start, end, nals }, index): StreamPacket => ({
      type: nals.some(isRandomAccess) ? 'key' : 'delta',
      timestamp: index * frameDuration,
      data: bytes.subarray(start, end),
    }),
  );
  return { kind: 'video', config: { codec: 'hev1.1.6.L93.B0' }, packets, hasPresentationTimes: false };
}
