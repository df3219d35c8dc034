import process from 'node:process';

// Runs the command in a process of its own, and then prints the most memory that it had.
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  // maxRSS is in kilobytes on Linux and macOS.
  const peakMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ peakMb, cpuSeconds: (user + system) / 1e6 })}\n`);
});
await import('../../../cli/reconcile.js');
