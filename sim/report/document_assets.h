/* document_assets.h -- private to sim/report: the style and the script that stand in every page. */
#ifndef ADSIM_REPORT_DOCUMENT_ASSETS_H
#define ADSIM_REPORT_DOCUMENT_ASSETS_H

extern const char page_style[], page_script[];     /* page.css, page.js */
extern const char whatif_style[], whatif_script[]; /* whatif.css, whatif.js */

#endif
