// Names the languages of the administrators' forms, each in itself, where django-modeltranslation
// shows their codes: on its tabs, and in the list that switches all of them.

(function () {
  "use strict";

  const names = { cy: "Cymraeg", en: "English" };

  function name(element) {
    const code = element.textContent.trim();
    if (code in names) {
      element.textContent = names[code];
      element.lang = code;
      element.removeAttribute("title");
    }
  }

  // Also for the lines that are added while the page is open.
  jQuery(document).on("tabscreate", function (event) {
    event.target.querySelectorAll(".ui-tabs-anchor").forEach(name);
  });
  // After modeltranslation's own, which makes the list.
  jQuery(function () {
    document.querySelectorAll("#modeltranslation-main-switch option").forEach(name);
  });
})();
