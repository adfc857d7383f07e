// Says on every open page that a report waits for somebody to take it on, and rings: when one comes, then every minute.
"use strict";
(() => {
  const line = document.getElementById("alarm");
  if (!line || !window.EventSource) return;
  const title = document.title;
  let count = 0, audio = null, rung = 0;
  const ring = () => {
    rung = Date.now();
    try {
      audio = audio || new AudioContext();
      for (const [start, pitch] of [[0, 880], [0.35, 660], [0.7, 880]]) {
        const tone = audio.createOscillator();
        const volume = audio.createGain();
        tone.frequency.value = pitch;
        volume.gain.value = 0.2;
        tone.connect(volume).connect(audio.destination);
        tone.start(audio.currentTime + start);
        tone.stop(audio.currentTime + start + 0.3);
      }
    } catch (_) {
      // A browser that plays nothing still shows it.
    }
  };
  const show = () => {
    line.hidden = count === 0;
    line.querySelector("strong").textContent = String(count);
    document.title = count === 0 ? title : "(" + count + ") " + title;
  };
  const source = new EventSource("/alarms");
  source.addEventListener("alarms", (event) => {
    const before = count;
    count = Number(event.data) || 0;
    show();
    if (count > before) ring();
  });
  setInterval(() => { if (count > 0 && Date.now() - rung >= 60000) ring(); }, 5000);
})();
