import { css, html, LitElement, unsafeCSS, type PropertyValues } from "lit";
import { customElement, property } from "lit/decorators.js";
import uPlot from "uplot";
import uplotCss from "uplot/dist/uPlot.min.css";
import { formatNumber } from "../i18n/format";
import { base } from "../styles/shared";

/** What a chart is made of, in colours of the theme. `{n}` of a colour is a variable's name. */
export type ChartOptions = Omit<uPlot.Options, "width" | "height">;

/** A curve by uPlot, as wide as its place and of fixed height. `label` tells what it shows to who cannot see it. */
@customElement("ws-chart")
export class WsChart extends LitElement {
  @property({ attribute: false }) options: ChartOptions = { series: [] };
  @property({ attribute: false }) data: uPlot.AlignedData = [[]];
  @property({ type: Number }) height = 240;
  @property() label = "";
  private plot: uPlot | undefined;
  private readonly observer = new ResizeObserver(() => this.fit());
  private readonly scheme = matchMedia("(prefers-color-scheme: dark)");
  static override styles = [
    base,
    unsafeCSS(uplotCss),
    css`
      .u-legend {
        color: var(--ws-soft);
        font-size: 13px;
      }
      .u-legend th {
        font-weight: 400;
      }
      /* Values stand in the legend only while something is pointed at. */
      .u-legend.u-inline.u-live th::after {
        content: none;
      }
      .u-legend .u-series:first-child {
        visibility: hidden;
      }
      :host(:hover) .u-legend .u-series:first-child {
        visibility: visible;
      }
      .place {
        overflow: hidden;
      }
    `,
  ];

  override connectedCallback() {
    super.connectedCallback();
    this.observer.observe(this);
    this.scheme.addEventListener("change", this.redraw);
    if (this.hasUpdated) this.build();
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.observer.disconnect();
    this.scheme.removeEventListener("change", this.redraw);
    this.plot?.destroy();
    this.plot = undefined;
  }

  override render() {
    return html`<div class="place" role="img" aria-label=${this.label}></div>`;
  }

  override updated(changed: PropertyValues<this>) {
    this.place.style.minHeight = `${this.height}px`;
    if (changed.has("options") || !this.plot) this.build();
    else if (changed.has("data")) this.plot.setData(this.data);
  }

  private get place(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>(".place") as HTMLElement;
  }

  private readonly redraw = (): void => this.build();

  private build(): void {
    this.plot?.destroy();
    this.plot = undefined;
    if (!this.clientWidth) return; // not laid out yet: built by the observer
    const soft = this.colour("--ws-soft");
    const grid = { stroke: this.colour("--ws-line"), width: 1 };
    const axis = { stroke: soft, grid, ticks: { show: false }, font: "12px Roboto, sans-serif" };
    const options: uPlot.Options = {
      width: this.clientWidth,
      height: this.height,
      cursor: { y: false },
      ...this.options,
      axes: (this.options.axes ?? [{}, {}]).map((own) => ({ ...axis, ...own })),
      series: this.options.series.map((series) => ({ ...series, ...this.dress(series) })),
    };
    this.plot = new uPlot(options, this.data, this.place);
  }

  /** uPlot draws on a canvas, which knows no variables: put their values in. */
  private dress(series: uPlot.Series): uPlot.Series {
    const stroke = typeof series.stroke === "string" ? this.colour(series.stroke) : undefined;
    const fill = typeof series.fill === "string" ? `${this.colour(series.fill)}33` : undefined;
    const value = series.value ?? ((_: uPlot, at: number | null) => (at === null ? "" : formatNumber(at, 2)));
    return { value, ...(stroke ? { stroke } : {}), ...(fill ? { fill } : {}) };
  }

  /** Return a variable's colour as #rrggbb. */
  private colour(name: string): string {
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    this.renderRoot.append(probe);
    const canvas = document.createElement("canvas").getContext("2d");
    const colour = getComputedStyle(probe).color;
    probe.remove();
    if (canvas) canvas.fillStyle = colour;
    return typeof canvas?.fillStyle === "string" ? canvas.fillStyle.slice(0, 7) : "#888888";
  }

  private fit(): void {
    if (!this.clientWidth) return;
    if (this.plot) this.plot.setSize({ width: this.clientWidth, height: this.height });
    else if (this.hasUpdated) this.build();
  }
}
