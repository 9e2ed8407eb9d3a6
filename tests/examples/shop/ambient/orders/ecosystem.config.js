module.exports = {
  apps: [
    {
      name: "orders",
      script: "server.js",
      exec_mode: "cluster",
      instances: 4,
      max_memory_restart: "400M",
      error_file: "/var/log/orders/error.log",
    },
  ],
};
