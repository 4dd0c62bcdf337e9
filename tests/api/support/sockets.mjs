// A WebSocket (the real `ws` client) whose frames can be waited for in order.
import assert from 'node:assert/strict';
import {once} from 'node:events';
import WebSocket from 'ws';

export class Socket {
  constructor(url, options = {}) {
    this.frames = [];   // every JSON frame, in order
    this.unread = 0;
    this.waiting = [];
    this.ws = new WebSocket(url, options);
    this.closed = new Promise(resolve => this.ws.on('close', (code, reason) => {
      this.code = code;
      resolve({code, reason: String(reason)});
      this.wake();
    }));
    this.ws.on('message', data => {
      this.frames.push(JSON.parse(String(data)));
      this.wake();
    });
    this.ws.on('error', error => {
      this.error = error;
    });
  }
  static async open(url, options) {
    const socket = new Socket(url, options);
    await once(socket.ws, 'open');
    return socket;
  }
  wake() {
    for (const check of [...this.waiting]) check();
  }
  send(value) {
    this.ws.send(typeof value === 'string' ? value : JSON.stringify(value));
  }
  // The next frame after the last one returned for which `fits` is true; others in between are skipped.
  next(fits = () => true, ms = 15_000, what = 'frame') {
    if (typeof fits === 'string') return this.next(f => f.type === fits || f.event_type === fits, ms, fits);
    return new Promise((resolve, reject) => {
      const done = action => {
        clearTimeout(timer);
        this.waiting = this.waiting.filter(w => w !== look);
        action();
      };
      const look = () => {
        while (this.unread < this.frames.length) {
          const frame = this.frames[this.unread++];
          if (fits(frame)) return done(() => resolve(frame));
        }
        if (this.code !== undefined) done(() => reject(new Error(`closed (${this.code}) before ${what}`)));
      };
      const timer = setTimeout(() => done(() => reject(new Error(
        `no ${what} in ${ms} ms; last: ${JSON.stringify(this.frames.slice(-4))}`))), ms);
      this.waiting.push(look);
      look();
    });
  }
  // Nothing that fits arrives for a while.
  async quiet(ms, fits = () => true) {
    const from = this.frames.length;
    await new Promise(resolve => setTimeout(resolve, ms));
    assert.deepEqual(this.frames.slice(from).filter(fits), []);
  }
  close() {
    this.ws.terminate();
  }
}

// The status that refuses an upgrade, or 101.
export function upgradeStatus(url, options) {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url, options);
    ws.on('open', () => {
      ws.terminate();
      resolve(101);
    });
    ws.on('unexpected-response', (req, res) => {
      req.destroy();
      resolve(res.statusCode);
    });
    ws.on('error', reject);
  });
}
