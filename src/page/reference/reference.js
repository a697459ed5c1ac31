// Shows /openapi.json by Swagger UI. Nothing can be sent from the page: the API is called from back ends, and a page
// is no place for a token.
const nothing = () => null;

const noWayToSend = () => ({ components: { AuthorizeBtnContainer: nothing, authorizeOperationBtn: nothing } });

// Texts are made up from their patterns, also where there is an example: for a definition that takes seconds.
const withoutPatterns = () => ({
  afterLoad() {
    const { getSampleSchema } = this.fn;
    const leaveOut = (name, value) => (name === "pattern" && typeof value === "string" ? undefined : value);
    const strip = (schema) => schema && JSON.parse(JSON.stringify(schema, leaveOut));
    this.fn.getSampleSchema = (schema, ...rest) => getSampleSchema(strip(schema), ...rest);
  },
});

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

SwaggerUIBundle({
  dom_id: "#reference",
  url: "/openapi.json",
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [noWayToSend, withoutPatterns],
  layout: "BaseLayout",
  supportedSubmitMethods: [],
  // The default asks a service elsewhere.
  validatorUrl: null,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 2,
});
