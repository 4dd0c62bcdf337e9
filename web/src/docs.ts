// The API documentation: Swagger UI over our own OpenAPI descriptions, everything from this server.

import { SwaggerUIBundle, SwaggerUIStandalonePreset } from "swagger-ui-dist";
import "swagger-ui-dist/swagger-ui.css";
import "./docs.css";

SwaggerUIBundle({
  dom_id: "#docs",
  urls: [
    { name: "Everything", url: "/openapi.json" },
    { name: "Fuzzbin: music videos", url: "/fuzzbin/openapi.json" },
    { name: "Harmony: music", url: "/harmony/openapi.json" },
    { name: "StashHog: scenes", url: "/stashhog/openapi.json" },
    { name: "Haas.Media: files, torrents, encodes", url: "/haas/openapi.json" },
    { name: "Metarr: movies and TV", url: "/metarr/openapi.json" },
  ],
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: "StandaloneLayout",
  deepLinking: true,
  docExpansion: "none",
  persistAuthorization: false,
  validatorUrl: null,
});
