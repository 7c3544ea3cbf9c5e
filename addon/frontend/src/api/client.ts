/** What can be asked of the service: one function a route. */
import { emptyRun, type Run } from "./events";
import type * as f from "./fleet";
import { getJson, getList, request, sendJson } from "./http";
import type * as t from "./types";

const id = encodeURIComponent;

export const advise = (text: string, language: string, say: string[], signal: AbortSignal) =>
  sendJson<t.Advice>("POST", "phrases/advise", { text, language, say }, signal);

export const pronounce = (text: string, language: string) =>
  sendJson<Pick<t.Advice, "pronunciations">>("POST", "phrases/pronounce", { text, language });

export async function preview(text: string, language: string, ipa: string | null, voice: string): Promise<Blob> {
  const body = JSON.stringify({ text, language, ipa, voice });
  const headers = { "Content-Type": "application/json" };
  return (await request("phrases/preview", { method: "POST", headers, body })).blob();
}

export const listVoices = () => getList<t.Voice>("voices");

export const preflight = (job: t.JobRequest) => sendJson<t.Preflight>("POST", "jobs/preflight", job);
export const createJob = (job: t.JobRequest) => sendJson<t.Job>("POST", "jobs", job);
export const deleteJob = (job: string) => sendJson("DELETE", `jobs/${id(job)}`);
export const cancelJob = (job: string) => sendJson("POST", `jobs/${id(job)}/cancel`);
export const resumeJob = (job: string) => sendJson("POST", `jobs/${id(job)}/resume`);
export const moveJob = (job: string, position: number) => sendJson("POST", `jobs/${id(job)}/move`, { position });
export const readLog = async (job: string) => (await request(`jobs/${id(job)}/log?lines=400`)).text();
export const clipUrl = (job: string, n: number) => `jobs/${id(job)}/samples/${n}`;

/** Return the job and where its run stands. */
export async function readRun(job: string): Promise<{ job: t.Job; run: Run }> {
  const data = await getJson<Run & { job: t.Job }>(`jobs/${id(job)}/events`);
  return { job: data.job, run: data.stages.length ? data : { ...data, stages: emptyRun().stages } };
}

export const readModel = (model: string) => getJson<t.Model>(`models/${id(model)}`);
export const readReport = <T>(model: string) => getJson<T>(`models/${id(model)}/report`);
export const readManifest = (model: string) => getJson<t.Manifest>(`models/${id(model)}/manifest`);
export const noteModel = (model: string, notes: string) =>
  sendJson<t.Model>("PATCH", `models/${id(model)}`, { notes });
export const deleteModel = (model: string) => sendJson("DELETE", `models/${id(model)}`);
export const restoreModel = (model: string) => sendJson("POST", `models/${id(model)}/restore`);

export async function hearFile(model: string, file: Blob): Promise<t.Hearing> {
  const response = await request(`models/${id(model)}/hear`, { method: "POST", body: file });
  return (await response.json()) as t.Hearing;
}

export async function compareModels(a: string, b: string, file: Blob): Promise<{ a: t.Hearing; b: t.Hearing }> {
  const body = new FormData();
  body.append("a", a);
  body.append("b", b);
  body.append("file", file);
  const response = await request("models/compare", { method: "POST", body });
  return (await response.json()) as { a: t.Hearing; b: t.Hearing };
}

/** What was deleted and can be restored, the newest first. */
export const listDeleted = (what: "model" | "sample") => getList<t.Model | t.Sample>(`${what}s?deleted=true`);

export const listSamples = () => getList<t.Sample>("samples");
export const changeSample = (sample: string, change: Partial<t.Sample>) =>
  sendJson<t.Sample>("PATCH", `samples/${id(sample)}`, change);
export const deleteSample = (sample: string) => sendJson("DELETE", `samples/${id(sample)}`);
export const restoreSample = (sample: string) => sendJson("POST", `samples/${id(sample)}/restore`);
export const trimSample = (sample: string, begin_s: number, end_s: number) =>
  sendJson<t.Sample>("POST", `samples/${id(sample)}/trim`, { begin_s, end_s });
export const sampleUrl = (sample: string) => `samples/${id(sample)}/audio`;

export async function uploadSample(
  file: Blob,
  name: string,
  about: { phrase: string; speaker: string; label: t.SampleLabel; source: string },
): Promise<t.Sample> {
  const body = new FormData();
  for (const [key, value] of Object.entries(about)) body.append(key, value);
  body.append("file", file, name);
  return (await (await request("samples", { method: "POST", body })).json()) as t.Sample;
}

export const listData = () => getList<t.DataSet>("data");
export const downloadData = (name: string) => sendJson("POST", `data/${id(name)}/download`);
export const cancelData = (name: string) => sendJson("POST", `data/${id(name)}/cancel`);
export const deleteData = (name: string) => sendJson("DELETE", `data/${id(name)}`);

/** Ask the internet for voices: all of them, or those of a language with their licences. */
export const listCatalogue = (language: string) =>
  getList<t.DataSet>(`voices/catalogue${language && `?language=${id(language)}`}`);
export const downloadVoice = (name: string) => sendJson("POST", `voices/${id(name)}/download`);
export const cancelVoice = (name: string) => sendJson("POST", `voices/${id(name)}/cancel`);
export const deleteVoice = (name: string) => sendJson("DELETE", `voices/${id(name)}`);

export const readSettings = () => getJson<t.Settings>("settings");
export const changeSettings = (change: Partial<t.Settings>) => sendJson<t.Settings>("PATCH", "settings", change);

export const listProfiles = () => getList<t.Profile>("profiles");
export const saveProfile = (name: string, job: t.JobRequest) => sendJson("PUT", `profiles/${id(name)}`, job);
export const deleteProfile = (name: string) => sendJson("DELETE", `profiles/${id(name)}`);

export const readSystem = () => getJson<t.System>("system");
export const cleanSystem = (what: string[]) => sendJson<{ freed_mb: number }>("POST", "system/clean", { what });

export const refreshSatellites = () => sendJson<f.Satellite[]>("POST", "satellites/refresh");
export const tuneSatellite = (satellite: string, word: string, option: string) =>
  sendJson("POST", `satellites/${id(satellite)}/sensitivity`, { word, option });

export const readGate = (model: string) => getJson<f.Gate>(`models/${id(model)}/gate`);
export const publishModel = (model: string, how: { override?: boolean; replace?: boolean }) =>
  sendJson<f.Publication>("POST", `models/${id(model)}/publish`, how);
export const withdrawWord = (word: string) => sendJson("DELETE", `publications/${id(word)}`);
export const rollBack = (word: string) => sendJson<f.Deployment>("POST", `publications/${id(word)}/rollback`);

export const previewChanges = (model: string, satellites: string[], signal: AbortSignal) =>
  sendJson<f.Change[]>("POST", "deployments/preview", { model, satellites }, signal);
export const sendModel = (what: f.SendRequest) => sendJson<f.Deployment>("POST", "deployments", what);
export const readDeployment = (deployment: string) => getJson<f.Deployment>(`deployments/${id(deployment)}`);
export const cancelDeployment = (deployment: string) => sendJson("POST", `deployments/${id(deployment)}/cancel`);
export const undoDeployment = (deployment: string) =>
  sendJson<f.Deployment>("POST", `deployments/${id(deployment)}/undo`);

export const installIntegration = () => sendJson("POST", "home/integration");
export const removeIntegration = () => sendJson("DELETE", "home/integration");
export const installEsphome = () => sendJson("POST", "home/esphome");
export const removeEsphome = () => sendJson("DELETE", "home/esphome");
