// Keeps the files of the site, so that it works without a network once it was open. VERSION is the digest of them all.
const version = "VERSION", files = FILES;
self.addEventListener("install", event => {
  event.waitUntil(caches.open(version).then(cache => cache.addAll(files)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", event => {
  event.waitUntil(caches.keys().then(keys => Promise.all(keys.filter(key => key !== version).map(key => caches.delete(key))))
    .then(() => self.clients.claim()));
});
self.addEventListener("fetch", event => {
  event.respondWith(caches.match(event.request, { ignoreSearch: true }).then(known => known ?? fetch(event.request)));
});
