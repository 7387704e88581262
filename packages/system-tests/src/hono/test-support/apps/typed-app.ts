/** Only type checked: an app of Hono's own types, with the door and its options. */
import { createAiwatch } from "@aiwatch/core";
import { type AiwatchHonoOptions, aiwatchHono } from "@aiwatch/core/hono";
import { type Context, Hono, type MiddlewareHandler } from "hono";

type Env = { Variables: { user: string }; Bindings: { TOKEN: string } };

const aiwatch = createAiwatch();
export const app = new Hono<Env>();
app.use(aiwatchHono());
app.use("*", aiwatchHono(aiwatch));
app.use("/api/*", aiwatchHono(aiwatch, { routes: false, ignore: (c) => c.req.path === "/healthz" }));
app.use(aiwatchHono(aiwatch, { userOf: (c: Context<Env>) => c.get("user") }));
export const options: AiwatchHonoOptions<Context<Env>> = {
  authorize: (c, route) => route === "livez" || c.req.header("authorization") === c.env.TOKEN,
  normalizeRoute: (route, c) => `${c.req.method} ${route}`,
};
app.use(aiwatchHono(aiwatch, options));
export const middleware: MiddlewareHandler = aiwatchHono(aiwatch);
app.get("/users/:id", aiwatchHono(aiwatch), (c) => c.text(c.get("user")));
new Hono().use(aiwatchHono(aiwatch)).get("/", (c) => c.text("root"));

// @ts-expect-error a user is a text
aiwatchHono(aiwatch, { userOf: () => 7 });
// @ts-expect-error no such option
aiwatchHono(aiwatch, { users: true });
// @ts-expect-error an app is no instance
aiwatchHono(app);
