// Package pm2 compares what lib.onelayer.pm2 says of a PM2 command line with what an installed PM2 does.
//
// It knows nothing of policies. Its tests are skipped unless ONELAYER_PM2 names a folder whose node_modules hold pm2.
package pm2
