/** What a case needs whose queries run as the role that may do everything in its database. */
export const carelessRole = "careless role";
