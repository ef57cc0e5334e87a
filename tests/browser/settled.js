// True once nothing has run, loaded or been replaced for `quiet` milliseconds. The script's state alone is not enough:
// it is still "notRunning" just after a click, and charts draw themselves after the script has ended.
(quiet) => {
  const waiting = ['stSkeleton', 'stAppSkeleton', 'stSpinner'].map((id) => `[data-testid="${id}"]`);
  const all = (selector) => [...document.querySelectorAll(selector)].filter((part) => part.checkVisibility());
  const busy = () => {
    const app = document.querySelector('[data-testid="stApp"]');
    if (!app || app.dataset.testConnectionState !== 'CONNECTED') return true;
    if (app.dataset.testScriptState !== 'notRunning') return true;
    if (all([...waiting, '[data-stale="true"]'].join(', ')).length) return true;
    if (!document.querySelector('[data-testid="stMain"] [data-testid="stVerticalBlock"] > *')) return true;
    if (all('[data-testid="stPlotlyChart"]').some((chart) => !chart.querySelector('.main-svg'))) return true;
    return document.fonts.status !== 'loaded';
  };
  const now = performance.now();
  if (busy()) window.quietSince = undefined;
  else window.quietSince ??= now;
  return window.quietSince !== undefined && now - window.quietSince >= quiet;
}
