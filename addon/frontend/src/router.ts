/** Addresses after the `#`: they need nothing of the server and work behind ingress. */

export interface Place {
  page: string;
  id: string;
  query: URLSearchParams;
}

export function readPlace(): Place {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [page = "", id = ""] = path.split("/");
  return { page: page || "home", id: decodeURIComponent(id), query: new URLSearchParams(query) };
}

export function linkTo(page: string, id = ""): string {
  return `#/${page === "home" ? "" : page}${id ? `/${encodeURIComponent(id)}` : ""}`;
}

export function goTo(page: string, id = "", replace = false): void {
  if (replace) location.replace(linkTo(page, id));
  else location.hash = linkTo(page, id);
}
