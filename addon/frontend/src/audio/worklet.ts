/** Runs on the audio thread: resamples to 16 kHz where the browser did not, and sends int16 in pieces of 80 ms. */

declare const sampleRate: number;
declare function registerProcessor(name: string, processor: unknown): void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

const RATE = 16_000;
const PIECE = 1280;
const HALF = 16; // taps on each side of the low-pass

class MicrophoneProcessor extends AudioWorkletProcessor {
  private readonly step = sampleRate / RATE;
  private input = new Float32Array(0);
  private position = HALF * this.step;
  private piece = new Int16Array(PIECE);
  private filled = 0;
  private peak = 0;

  process(inputs: Float32Array[][]): boolean {
    const channel = inputs[0]?.[0];
    if (!channel) return true;
    if (this.step === 1) {
      for (const value of channel) this.push(value);
    } else {
      this.resample(channel);
    }
    return true;
  }

  /** Windowed sinc, its cutoff at the lower of both Nyquist rates. */
  private resample(channel: Float32Array): void {
    const joined = new Float32Array(this.input.length + channel.length);
    joined.set(this.input);
    joined.set(channel, this.input.length);
    const reach = HALF * Math.max(this.step, 1);
    const cutoff = Math.min(1, 1 / this.step);
    while (this.position + reach < joined.length) {
      let sum = 0;
      const last = Math.floor(this.position + reach);
      for (let i = Math.max(0, Math.ceil(this.position - reach)); i <= last; i++) {
        const x = i - this.position;
        const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / reach);
        const phase = Math.PI * x * cutoff;
        sum += (joined[i] ?? 0) * window * cutoff * (phase ? Math.sin(phase) / phase : 1);
      }
      this.push(sum);
      this.position += this.step;
    }
    const done = Math.max(0, Math.floor(this.position - reach));
    this.input = joined.slice(done);
    this.position -= done;
  }

  private push(value: number): void {
    const clipped = Math.max(-1, Math.min(1, value));
    this.peak = Math.max(this.peak, Math.abs(clipped));
    this.piece[this.filled++] = Math.round(clipped * 32767);
    if (this.filled < PIECE) return;
    this.port.postMessage({ pcm: this.piece, peak: this.peak }, [this.piece.buffer]);
    this.piece = new Int16Array(PIECE);
    this.filled = 0;
    this.peak = 0;
  }
}

registerProcessor("microphone", MicrophoneProcessor);
