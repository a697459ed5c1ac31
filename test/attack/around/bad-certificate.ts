/** A certificate that is signed by itself, has expired, and is another host's: nobody may believe it. */
export const badCertificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBGTCBwAIBATAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5lbHNld2hlcmUudGVz
dDAeFw0yMDAxMDEwMDAwMDBaFw0yMDAyMDEwMDAwMDBaMBkxFzAVBgNVBAMMDmVs
c2V3aGVyZS50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1SXIPToJLZ49
ZuHoJQ4nVrLzLmdHTUk0o15eE0s7yM5lBk0qOjiLdDvIM30Jh4CsDRPuE90HzJsA
ilcGew+7cjAKBggqhkjOPQQDAgNIADBFAiEAlZaJIiSc+HudkiJldF2Y87g1wCLu
5KAEOWjnAoT/MZACICclgiKjiTCZp0zsSudgfOEktCcv4RasyLSEDPiAU902
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgpFlZ9q2oTwyMmlEj
8B7LHxoashmJ+KcFS/4VkvO+r1ehRANCAATVJcg9Ogktnj1m4eglDidWsvMuZ0dN
STSjXl4TSzvIzmUGTSo6OIt0O8gzfQmHgKwNE+4T3QfMmwCKVwZ7D7ty
-----END PRIVATE KEY-----
`,
} as const;
