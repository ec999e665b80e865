// A worker that only ticks: its timer keeps its pace while the tab is hidden.
setInterval(() => postMessage(0), 500);
