module.exports = {
  apps: [
    {
      name: "orders",
      script: "dist/server.js",
      exec_mode: "cluster",
      instances: process.env.WORKERS || "max",
      max_memory_restart: "400M",
      error_file: "/var/log/orders/error.log",
      env_production: { NODE_ENV: "production" },
    },
    {
      name: "mailer",
      script: "dist/mailer.js",
      cron_restart: "0 3 * * *",
    },
  ],
};
