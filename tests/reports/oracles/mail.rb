# One line of JSON for each file: what ruby-mail makes of it.
require 'json'
require 'mail'

ARGV.each do |file|
  mail = Mail.read(file)
  facts = {}
  if mail.delivery_status_report?
    facts = { bounced: mail.bounced?, action: mail.action, recipient: mail.final_recipient, status: mail.error_status }
  end
  puts JSON.generate([file, facts])
end
