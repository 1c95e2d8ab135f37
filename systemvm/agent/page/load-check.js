// Says so when a part of the page did not arrive: without it nothing else would.
document.querySelector('script[type="module"]').addEventListener('error', () => {
  document.getElementById('status').textContent = 'A part of this page could not be loaded: open the console again.';
});
