export { type Catalogue, catalogue } from "./catalogue/index.ts";
export type {
  Aggregation,
  CatalogueRow,
  CounterRow,
  GaugeRow,
  HistogramRow,
  LabelRule,
  Unit,
} from "./catalogue/row.ts";
