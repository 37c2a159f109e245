DROP TABLE tlsh_bands;
DROP TABLE downloaded_artefacts;
DROP TABLE downloaded_contents;
