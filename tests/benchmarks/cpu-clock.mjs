// For `node --import`: makes performance.now() the CPU time of the main thread, in ms, so that
// other work on the machine does not count. Compilation in other threads does not count either.
if (!process.threadCpuUsage) throw new Error(`node ${process.version} has no process.threadCpuUsage (23.9 or newer has)`);
performance.now = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
