// What the browser says about its camera and its connection; nothing is asked of the user
// unless `data.check` grows, which a button does. The video stands in a frame of its own, of
// this page's origin, which asks for the camera at its start: how that ended is overheard.

const doctors = new WeakMap();
const overheard = new WeakSet();
let present = null;

export default function ({ data, parentElement, setStateValue }) {
  if (!doctors.has(parentElement)) doctors.set(parentElement, new Doctor(data));
  const doctor = doctors.get(parentElement);
  present = doctor;
  doctor.tell = (report) => setStateValue("report", report);
  doctor.examine(data);
  return () => doctor.leave();
}

class Doctor {
  constructor(data) {
    this.report = { check: null, relay: null };
    // What was asked before this doctor came is not asked again.
    this.asked = { check: data.check, relay: data.relay };
    this.told = "";
    this.look = () => this.lookAround();
    this.listen = () => document.querySelectorAll("iframe").forEach(overhear);
  }

  async examine(data) {
    document.addEventListener("load", this.listen, true); // of frames that are loaded later
    this.listen();
    navigator.mediaDevices?.addEventListener("devicechange", this.look);
    await this.lookAround();
    if (data.check > this.asked.check) {
      this.asked.check = data.check;
      this.report.check = await tryCamera();
      await this.lookAround();
    }
    if (data.relay > this.asked.relay) {
      this.asked.relay = data.relay;
      this.report.relay = await tryRelay(data.iceServers);
      this.send();
    }
  }

  // The video was started, which the browser refused with an error of this name, if any.
  async started(refusal) {
    if (refusal === null && this.report.check === null) return;
    this.report.check = refusal;
    await this.lookAround();
  }

  leave() {
    document.removeEventListener("load", this.listen, true);
    navigator.mediaDevices?.removeEventListener("devicechange", this.look);
    if (this.permission) this.permission.onchange = null;
  }

  async lookAround() {
    this.report.secure = window.isSecureContext;
    this.report.media = Boolean(navigator.mediaDevices?.getUserMedia);
    this.report.permission = await this.readPermission();
    this.report.cameras = await countCameras();
    this.send();
  }

  async readPermission() {
    try {
      this.permission = await navigator.permissions.query({ name: "camera" });
      this.permission.onchange = this.look;
      return this.permission.state;
    } catch {
      return "unknown"; // Firefox before 131 knows no permission of that name
    }
  }

  send() {
    const text = JSON.stringify(this.report);
    if (text === this.told) return;
    this.told = text;
    this.tell(JSON.parse(text));
  }
}

async function countCameras() {
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "videoinput").length;
  } catch {
    return null;
  }
}

function overhear(frame) {
  let media;
  try {
    media = frame.contentWindow.navigator.mediaDevices;
  } catch {
    return; // a frame of another origin is none of ours
  }
  if (!media || overheard.has(media)) return;
  overheard.add(media);
  const ask = media.getUserMedia.bind(media);
  media.getUserMedia = async (constraints) => {
    try {
      const stream = await ask(constraints);
      present?.started(null);
      return stream;
    } catch (error) {
      present?.started(refusalOf(error));
      throw error;
    }
  };
}

async function tryCamera() {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    stream.getTracks().forEach((track) => track.stop());
    return "ok";
  } catch (error) {
    return refusalOf(error);
  }
}

function refusalOf(error) {
  if (error.name !== "NotAllowedError") return error.name;
  if (/dismiss/i.test(error.message)) return "Dismissed";
  return /by system/i.test(error.message) ? "DeniedBySystem" : error.name;
}

async function tryRelay(iceServers) {
  let peer;
  try {
    peer = new RTCPeerConnection({ iceServers, iceTransportPolicy: "relay" });
    peer.createDataChannel("test");
    let refused = false;
    peer.onicecandidateerror = ({ errorCode }) => (refused ||= errorCode === 401);
    const outcome = new Promise((resolve) => {
      peer.onicecandidate = ({ candidate }) => {
        if (candidate?.candidate.includes(" typ relay")) resolve("ok");
        if (candidate === null) resolve(refused ? "refused" : "none");
      };
      setTimeout(() => resolve("none"), 10000);
    });
    await peer.setLocalDescription(await peer.createOffer());
    return await outcome;
  } catch (error) {
    return error.name;
  } finally {
    peer?.close();
  }
}
