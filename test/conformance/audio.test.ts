import { testAudio } from './audio-suite.ts';

testAudio('the best packs of this machine');
